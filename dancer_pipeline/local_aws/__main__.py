"""Serve S3, SQS, SNS and EventBridge on this machine: `python -m dancer_pipeline.local_aws`."""

import argparse

from werkzeug.serving import run_simple


def main() -> None:
    """Serve until the process is stopped."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    app = DomainDispatcherApplication(create_backend_app)
    run_simple("127.0.0.1", parser.parse_args().port, app, threaded=True)


if __name__ == "__main__":
    main()
