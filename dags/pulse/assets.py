"""The data that steps read and write, as shown in Airflow's UI: the topics and tables of the warehouse."""

from __future__ import annotations

from airflow.sdk import Asset


def _table(name: str) -> Asset:
    return Asset(name=f"warehouse.{name}", uri=f"warehouse://public/{name}", group="warehouse")


FRAUD_LABELS_TOPIC = Asset(name="kafka.fraud_labels", uri="topic://fraud-labels", group="kafka")
TRANSACTIONS_TOPIC = Asset(name="kafka.transactions", uri="topic://transactions", group="kafka")

CUSTOMER_DAYS = _table("customer_days")
CUSTOMER_PROFILES = _table("customer_profiles")
EXCHANGE_RATES = _table("exchange_rates")
FRAUD_ALERTS = _table("fraud_alerts")
FRAUD_LABELS = _table("fraud_labels")
FRAUD_SHADOW_VERDICTS = _table("fraud_shadow_verdicts")
RECONCILIATIONS = _table("etl_reconciliations")
REJECTED_TRANSACTIONS = _table("rejected_transactions")
SALES_PER_HOUR = _table("sales_per_hour")
SALES_PER_MINUTE = _table("sales_per_minute")
TAX_PER_DAY = _table("tax_per_day")
TAX_RATES = _table("tax_rates")
TRANSACTIONS = _table("transactions")

# The tables that a load writes in its transaction.
WRITTEN_BY_LOAD = [
    TRANSACTIONS,
    REJECTED_TRANSACTIONS,
    FRAUD_ALERTS,
    CUSTOMER_PROFILES,
    CUSTOMER_DAYS,
    SALES_PER_MINUTE,
    SALES_PER_HOUR,
    TAX_PER_DAY,
]
