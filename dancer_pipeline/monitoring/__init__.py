"""What is measured about the work itself: for CloudWatch, for a log file, for whoever is told.

Metrics are lines of the log in CloudWatch's embedded metric format, so that no call to AWS can fail
or delay anything, and so that they are there without AWS too.
"""
