"""`python -m miniapp_stub.platform --port 0 --port-file PATH [--app-id X --app-secret Y] [--with-parent]`; --help says all"""
import argparse
import os
import signal
import sys
import time
from pathlib import Path

from miniapp_stub.platform.app import DEMO_APP_ID, DEMO_APP_SECRET, create_app
from miniapp_stub.platform.pushes import Target
from miniapp_stub.platform.server import serving

LOOK_EVERY_S = 0.25


def main() -> None:
    args = _arguments()
    parent = os.getppid()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: sys.exit(0))
    args.port_file.unlink(missing_ok=True)  # an earlier start's must not be taken for this one's
    try:
        target = Target(args.push_url, args.push_token, args.push_aes_key)
        with serving(create_app(args.app_id, args.app_secret, target=target, generous=args.generous), args.port) as port:
            _write_whole(args.port_file, f"{port}\n")
            while not args.with_parent or os.getppid() == parent:
                time.sleep(LOOK_EVERY_S)
    finally:
        args.port_file.unlink(missing_ok=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The WeChat platform's stand-in.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--port-file", type=Path, required=True, help="appears, whole, once the port answers")
    parser.add_argument("--app-id", default=DEMO_APP_ID)
    parser.add_argument("--app-secret", default=DEMO_APP_SECRET)
    parser.add_argument("--push-url", default="", help="where events are pushed; none without it")
    parser.add_argument("--push-token", default="")
    parser.add_argument("--push-aes-key", default="", help="43 characters: pushes are sealed")
    parser.add_argument("--generous", action="store_true", help="subscription messages need no accept")
    parser.add_argument("--with-parent", action="store_true", help="end when the starting process ends")
    return parser.parse_args()


def _write_whole(path: Path, text: str) -> None:
    """Whoever sees the file sees all of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(text)
    draft.replace(path)


if __name__ == "__main__":
    main()
