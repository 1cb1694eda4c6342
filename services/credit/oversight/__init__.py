"""What those who administer or audit an area ask of credit: what is in sight, how a score went, a version as a document to go on with."""
