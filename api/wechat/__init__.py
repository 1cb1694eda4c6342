"""Routes for what WeChat does beside signing in."""
