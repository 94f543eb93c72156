"""Reads exported files with pyarrow and, where it is installed, DuckDB, and prints what they say as one JSON object.

    python3 read_back.py DIRECTORY GUIDE

GUIDE is the guide whose SQL is run as it stands there, in DIRECTORY.
"""

import decimal
import json
import os
import pathlib
import re
import sys

import pyarrow.compute as compute
import pyarrow.parquet as parquet

out = pathlib.Path(sys.argv[1])
guide = pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")


def total(column):
    """The exact sum of a column of decimals."""
    with decimal.localcontext() as context:
        context.prec = 60
        return str(sum((value for value in column.to_pylist() if value is not None), decimal.Decimal(0)))


report = {"pyarrow": {}, "duckdb": None}
for kind, cost, customer in [
    ("focus-parquet", "BilledCost", "SubAccountId"),
    ("parquet", "payment_amount", "customer_id"),
]:
    months = {}
    for file in sorted((out / kind).rglob("*.parquet")):
        table = parquet.ParquetFile(file).read()
        month = file.relative_to(out / kind).parts[0].removeprefix("month=")
        found = months.setdefault(month, {"rows": 0, "sum": decimal.Decimal(0), "customers": set()})
        found["rows"] += table.num_rows
        found["sum"] += decimal.Decimal(total(table[cost]))
        found["customers"] |= set(compute.unique(table[customer]).to_pylist())
        found["type"] = str(table.schema.field(cost).type)
        found["floats"] = [field.name for field in table.schema if "float" in str(field.type) or "double" in str(field.type)]
    for found in months.values():
        found["sum"], found["customers"] = str(found["sum"]), len(found["customers"])
    report["pyarrow"][kind] = months

try:
    import duckdb
except ImportError:
    duckdb = None
if duckdb is not None:
    year = duckdb.sql(
        f"""SELECT month, account, count(*), CAST(sum(BilledCost) AS VARCHAR), count(DISTINCT SubAccountId),
                   min(typeof(BilledCost)), min(typeof(ChargePeriodStart))
            FROM read_parquet('{out}/focus-parquet/*/*/*.parquet', hive_partitioning = true)
            GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    csv = duckdb.sql(
        f"""SELECT month, count(*), CAST(sum(CAST(BilledCost AS DECIMAL(38, 14))) AS VARCHAR)
            FROM read_csv('{out}/focus-csv/*/*/*.csv', hive_partitioning = true, header = true, all_varchar = true)
            GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    report["duckdb"] = {"version": duckdb.__version__, "year": year, "csv": csv}
    (query,) = re.findall(r"```sql\n(.*?)```", guide, re.DOTALL)
    os.chdir(out)
    connection = duckdb.connect()
    for statement in query.split(";"):
        if statement.strip():
            result = connection.execute(statement)
    report["duckdb"]["guide"] = str(result.fetchone()[0])

print(json.dumps(report, default=str))
