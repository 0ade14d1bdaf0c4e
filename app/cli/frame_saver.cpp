// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/frame_saver.h"

namespace dorascope::cli {
namespace {

Result as_result(const tl::expected<void, source::SourceError>& outcome)
{
    if (!outcome) return tl::unexpected{failure(outcome.error())};
    return {};
}

} // namespace

Result FrameSaver::open(decode::LinkType link)
{
    if (file_.empty()) return {};
    auto writer = source::CaptureWriter::create(file_, link);
    if (!writer) return tl::unexpected{failure(writer.error())};
    writer_ = std::move(*writer);
    return {};
}

Result FrameSaver::write(const decode::Frame& frame) { return writer_ ? as_result(writer_->write(frame)) : Result{}; }

Result FrameSaver::close() { return writer_ ? as_result(writer_->close()) : Result{}; }

} // namespace dorascope::cli
