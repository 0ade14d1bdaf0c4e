// SPDX-License-Identifier: GPL-3.0-or-later
// Frames in, lines out: what watch and read print, in every form that they print it.
#pragma once

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "capture/observe/lan_state.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dorascope::cli {

class Reporter {
public:
    /// `live`: lines come as things settle and times are of today; otherwise all but messages wait for finish().
    Reporter(Output& out, const ReportOptions& options, bool live) : out_{out}, options_{options}, live_{live} { }
    void frame(const decode::Frame& frame);
    /// Time passes without frames: exchanges settle, leases expire.
    void tick(Instant now);
    /// No more frames: what is still to be said.
    void finish();
    /// The count is reached, or nobody listens any more.
    bool done() const { return out_.broken() || (options_.count && printed_ >= *options_.count); }
    /// Of the frames so far.
    const observe::Counts& counts() const { return counts_; }

private:
    void print(const std::string& line);
    void print_message(const decode::Frame& frame);
    void print_exchange(const observe::Exchange& exchange);
    void print_lease(const observe::Binding& binding);
    void print_server(const observe::Server& server);
    void print_changes();
    void finish_exchanges();

    Output& out_;
    ReportOptions options_;
    bool live_;
    std::uint64_t printed_ = 0;
    observe::LanState state_;
    observe::Changes changes_;
    observe::Counts counts_;
    std::vector<bool> told_exchanges_; ///< by index: printed already
    std::size_t told_servers_ = 0;
};

} // namespace dorascope::cli
