"""The village's stored past as a record to try things on."""
