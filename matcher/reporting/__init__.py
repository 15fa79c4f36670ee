"""What leaves the product as a document: forms to fill in, workbooks, printable pages."""
