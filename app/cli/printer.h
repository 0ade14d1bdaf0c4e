// SPDX-License-Identifier: GPL-3.0-or-later
// What `serve` says, from any thread to one that prints it. A terminal that is stopped, or a pipe that nobody reads, keeps nobody waiting.
#pragma once

#include "app/cli/bounded_queue.h"
#include "app/cli/output.h"
#include "engine/wire/decision.h"

#include <atomic>
#include <future>
#include <span>
#include <string>
#include <thread>
#include <variant>

namespace dorascope::cli {

class Printer {
public:
    /// Room for so much while the reader is behind. Sentences are rare, and have room of their own beyond that of the decisions.
    struct Room {
        std::size_t decisions = 65536;
        std::size_t sentences = 1024;
    };
    Printer(int out, int err, Room room);
    ~Printer() { finish(); }
    Printer(const Printer&) = delete;
    Printer& operator=(const Printer&) = delete;

    // From any thread; none of them waits.
    void decided(std::span<const Decision> decisions);
    void line(std::string text) { say(text, out_); }
    void notice(std::string text) { say(text, err_); }
    /// What there was no room for, so far. Of lost sentences a notice tells as soon as somebody reads again.
    std::uint64_t lost_decisions() const { return lost_decisions_; }

    /// Prints what is left, and ends. A reader may be slow, but has to read: one that takes nothing for a second is waited for no longer.
    void finish();

private:
    struct Sentence {
        Output* to;
        std::string text;
    };
    using Item = std::variant<Decision, Sentence>;
    void say(std::string& text, Output& to);
    void print_all();
    void print(const Item& item);
    bool done_within(std::chrono::milliseconds time) const { return done_.wait_for(time) == std::future_status::ready; }
    void give_up();

    const Room room_;
    Output out_, err_;
    BoundedQueue<Item> queue_;
    std::atomic<std::uint64_t> lost_decisions_{0}, lost_sentences_{0};
    std::promise<void> printed_;
    std::future<void> done_;
    std::thread thread_; ///< last: it uses all of the above
};

} // namespace dorascope::cli
