"""The pytest plugin: case files are collected as items."""
