//! Products (in the making).
