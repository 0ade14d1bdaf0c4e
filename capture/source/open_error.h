// SPDX-License-Identifier: GPL-3.0-or-later
// What can be wrong with a capture, in two sentences: what happened, and what to do about it.
#pragma once

#include "capture/source/capture_source.h"

#include <cstdio>
#include <string>
#include <string_view>

namespace dorascope::source {

SourceError cannot_open(const std::string& name, int error); ///< an errno
SourceError empty_file(const std::string& name);
/// libpcap refused the stream. `file` is looked at for what it is instead.
SourceError not_a_capture(const std::string& name, std::string_view reason, std::FILE* file);
SourceError unknown_link(const std::string& name, int datalink);
/// libpcap stopped after `frames` frames.
SourceError damaged(const std::string& name, std::string_view reason, std::uint64_t frames);
SourceError cannot_write(const std::string& name, int error);

} // namespace dorascope::source
