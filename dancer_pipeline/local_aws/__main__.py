"""Serve S3, SQS, SNS and EventBridge on this machine: `python -m dancer_pipeline.local_aws`."""

import argparse


def main() -> None:
    """Serve until the process is stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    from dancer_pipeline.local_aws.server import serve

    serve(port)


if __name__ == "__main__":
    main()
