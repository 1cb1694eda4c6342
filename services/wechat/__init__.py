"""What WeChat does for us beside messages: tokens, phones, codes, checks of content, pushes."""
