"""The step table: every computed iteration as rows.  Its headings serve other tables too."""

from nnsim.ui.panels.step_table.header import GROUP_ROLE, GroupedHeader
from nnsim.ui.panels.step_table.panel import StepTablePanel
from nnsim.ui.panels.step_table.row_header import RowHeader, paint_corner

__all__ = ["GROUP_ROLE", "GroupedHeader", "RowHeader", "StepTablePanel", "paint_corner"]
