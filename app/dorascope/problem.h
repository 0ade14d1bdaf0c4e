// SPDX-License-Identifier: GPL-3.0-or-later
// Errors of the rooms below as the window shows them.
#pragma once

#include "capture/source/capture_source.h"
#include "engine/host/host_error.h"
#include "ui/views/source_control.h"

namespace dorascope::app {

ui::Problem problemOf(const host::HostError& error);
ui::Problem problemOf(const source::SourceError& error);

} // namespace dorascope::app
