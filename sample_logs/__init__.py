"""The sample estates, data that the wheel ships. Their generator beside them is not shipped."""
