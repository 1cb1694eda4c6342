"""The WeChat platform's stand-in: a separate small server that behaves as its documents say."""
