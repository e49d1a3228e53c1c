"""Every problem code with its meaning; docs/problems.md is made from it and a test triggers each."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PROBLEMS"]

PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "already_there": "a file that would be written is there already: nothing is written over",
        "ambiguous_origin": "goods of several origins reach a border from a site that only stores them, and their duties differ",
        "ambiguous_table": "two files or sheets carry the same table",
        "before_start": "a last day lies before its first day",
        "bounds": "a number is outside what its column allows (a negative capacity, say), or a least is above a most",
        "broken_quotes": "a quote is opened and not closed, or closed within a cell",
        "broken_where": "a `where` term is not column=value",
        "changes_nothing": "an override leaves every matching row as it was (warning)",
        "closed_site": "demand at a site that is closed (warning)",
        "code_as_number": "a column of tariff codes holds numbers, which lose zeros (warning)",
        "contract_not_signed": "a plan has signed a contract that is not signed in this world",
        "contract_overlap": "two phases of one contract hold on the same day",
        "contract_too_much": "contracts ask for more than all of a need, or for more than the supplier can make",
        "contradiction": "two cells of a plan's row speak of different lanes or products",
        "counted_as_zero": "something that costs or emits has no figure and counts as nothing (warning)",
        "date_cuts_period": "a yes/no rule starts or ends inside a period and holds only in periods it covers whole (warning)",
        "decimal_comma": "a number is written with a decimal comma",
        "doubled_header": "a header names a column twice, or the header is repeated as a row",
        "duplicate_key": "two rows have the same key",
        "empty_cell": "a required cell is empty",
        "empty_table": "a file or sheet holds nothing, not even a header",
        "endless_gain": "something in the tables pays without end, so no plan is the best",
        "folder_taken": "a folder that would be written holds something already: nothing is written over",
        "lane_legs": "a lane's legs do not fit its mode chain, or a mode is not known",
        "long_lead_time": "a lead time exceeds half a period: goods arrive in the period they leave (warning)",
        "matches_nothing": "an override or change matches no row",
        "merged_cells": "a worksheet has merged cells",
        "missing_exchange_rate": "a row's currency has no exchange rate",
        "missing_freight_rate": "a lane has no cost and a leg without freight rate",
        "missing_mass": "freight or CO2e is taken from the tonnes of a product whose mass is not known",
        "missing_table": "a table that every plan needs is not there",
        "missing_value": "a duty is due and the product's customs value is not known",
        "no_lane": "no lane starts or ends at a site, or none leads to its demand (warning)",
        "no_source": "a product is needed and nobody makes or sells it (warning)",
        "not_finite": "a number is NaN or infinite",
        "not_in_network": "a row of a plan makes, moves, buys, keeps, delivers or throws away what the network's tables do not have there",
        "not_supported_yet": "a declared choice that no engine can follow yet",
        "not_used_yet": "a filled column or table that no engine reads yet (warning)",
        "not_utf8": "a file is not UTF-8 (Latin-1, say)",
        "not_writable": "a file or folder cannot be written",
        "off_land": "a site lies in the sea: an error beyond 50 km, a warning nearer",
        "other_tables": "runs that are compared were made from different tables",
        "period_gap": "days between two periods belong to none",
        "period_overlap": "two periods share days",
        "ragged_row": "a row has more or fewer cells than the header",
        "recipe_loop": "recipes feed each other and nothing of the loop comes from outside",
        "scenario_cycle": "a scenario extends itself, or a group holds itself",
        "semicolons": "a file separated by semicolons or tabs was read (note)",
        "several_lanes": "a flow of a plan names two sites that several lanes link",
        "share_over_one": "a share above 1: 25 where 0.25 is meant",
        "too_large": "a file, a row count or a cell is larger than allowed",
        "trimmed": "blanks around cells were removed (note)",
        "unequal_delivery": "plans that are compared deliver different quantities",
        "unit_mismatch": "a column's name carries another unit than the declared one",
        "unknown_column": "a column that is not declared, or has no name",
        "unknown_reference": "a cell names something that is not there",
        "unknown_scenario": "a scenario that is not there",
        "unknown_setting": "a setting that is not there",
        "unknown_table": "a file, sheet or cell names a table that is not declared",
        "unread_file": "a file with a table's name and an ending that is not read (warning)",
        "unreadable": "a file cannot be read at all",
        "wrong_choice": "a cell is none of the words its column allows",
        "wrong_type": "a cell is not of its column's type",
    }
)
