"""A store is read as it was written, and what is no finished campaign is refused."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from sassafras.campaign.campaign import STORE_NAME, Campaign
from sassafras.campaign.settings import Settings
from sassafras.campaign.source import Source, describe
from sassafras.campaign.stored import read_stored
from sassafras.errors import CampaignError
from sassafras.faults.model import Mode
from tests.campaign.networks import CFG, images, tiny
