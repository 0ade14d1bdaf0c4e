// SPDX-License-Identifier: GPL-3.0-or-later
// Errors of the rooms below as the window shows them.
#pragma once

#include "capture/source/capture_source.h"
#include "engine/host/config_file.h"
#include "engine/host/host_error.h"
#include "ui/views/source_control.h"

#include <vector>

namespace dorascope::app {

ui::Problem problemOf(const host::HostError& error);
ui::Problem problemOf(const source::SourceError& error);
/// Every error of a configuration file at once, each on a line of its own with its line and key.
ui::Problem problemOf(const QString& file, const std::vector<host::FileError>& errors);

} // namespace dorascope::app
