// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/stop_signals.h"

#include <csignal>
#include <initializer_list>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>

namespace dorascope::cli {
namespace {

sigset_t stopping()
{
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        sigaddset(&set, number);
    return set;
}

} // namespace

StopSignals::StopSignals(Hangup hangup) : hangup_{hangup}
{
    struct sigaction before { };
    hangup_ignored_ = ::sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler == SIG_IGN;
    const auto set = stopping();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    fd_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

StopSignals::~StopSignals()
{
    if (fd_ >= 0) ::close(fd_);
    const auto set = stopping();
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void StopSignals::read_all()
{
    signalfd_siginfo info{};
    while (::read(fd_, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo != SIGHUP) {
            requested_ = true;
        } else if (hangup_ == Hangup::reloads) {
            reload_requested_ = true;
        } else if (!hangup_ignored_) { // while it is blocked, the kernel delivers what would be ignored
            requested_ = true;
        }
    }
}

bool StopSignals::requested()
{
    read_all();
    return requested_;
}

bool StopSignals::reload_requested()
{
    read_all();
    return std::exchange(reload_requested_, false);
}

} // namespace dorascope::cli
