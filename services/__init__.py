"""The rules. Functions here read and write models; none knows about HTTP, none commits."""
