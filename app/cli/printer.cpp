// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/printer.h"

#include "app/cli/serve_line.h"

#include <csignal>
#include <fmt/format.h>
#include <pthread.h>

namespace dorascope::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 100ms; ///< until the queue is looked at again
constexpr auto kNoProgress = 1s;
constexpr auto kAtTheEnd = 10s; ///< in all, for a reader that does take a line now and then

} // namespace

Printer::Printer(int out, int err, Room room)
    : room_{room}, out_{out, true, colour_wanted(out)}, err_{err, true, false}, queue_{room.decisions},
      done_{printed_.get_future()}, thread_{[this] { print_all(); }}
{ }

void Printer::decided(std::span<const Decision> decisions)
{
    for (const auto& decision : decisions)
        if (!queue_.push(decision)) ++lost_decisions_;
}

void Printer::say(std::string& text, Output& to)
{
    if (!queue_.push(Sentence{&to, std::move(text)}, room_.sentences)) ++lost_sentences_;
}

void Printer::print(const Item& item)
{
    if (const auto* const decision = std::get_if<Decision>(&item)) return out_.line(decision_line(*decision, out_.colour()));
    const auto& sentence = std::get<Sentence>(item);
    sentence.to->line(sentence.text);
}

void Printer::print_all()
{
    std::uint64_t told = 0;
    while (!queue_.closed()) {
        for (const auto& item : queue_.take(kPatience))
            print(item);
        const std::uint64_t lost = lost_sentences_;
        if (lost != told) err_.line(fmt::format("{} notices were lost: nobody read what was said before.", lost - told));
        told = lost;
    }
    printed_.set_value();
}

void Printer::finish()
{
    if (!thread_.joinable()) return;
    queue_.close();
    const auto written = [this] { return out_.written() + err_.written(); };
    const auto end = std::chrono::steady_clock::now() + kAtTheEnd;
    for (auto before = written(); !done_within(kNoProgress); before = written())
        if (written() == before || std::chrono::steady_clock::now() > end) give_up();
    thread_.join();
}

/// A write that waits is interrupted by a signal whose handler does nothing (signal(7): EINTR without SA_RESTART); again and again, since
/// the thread may be just about to write.
void Printer::give_up()
{
    out_.give_up();
    err_.give_up();
    struct sigaction nothing {
    }, before{};
    nothing.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &nothing, &before);
    do
        ::pthread_kill(thread_.native_handle(), SIGUSR1);
    while (!done_within(10ms));
    ::sigaction(SIGUSR1, &before, nullptr);
}

} // namespace dorascope::cli
