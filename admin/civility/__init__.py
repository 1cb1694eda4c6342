"""Pages of the civility index: versions, periods and their communities, surveys, departments' figures, remarks."""
