"""The chores: what is owed is asked of the store, done by a craft, recorded in one transaction.

Any round may be stopped at any moment and started again: nothing is lost, nothing done twice.
"""
