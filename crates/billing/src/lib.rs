//! Month-end close for Huawei Cloud partners: statement files, reconciliation, FOCUS, CSV and Parquet.
