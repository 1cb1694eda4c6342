"""The inbox, and rights to send by WeChat."""
