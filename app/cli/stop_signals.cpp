// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/stop_signals.h"

#include <csignal>
#include <initializer_list>
#include <sys/signalfd.h>
#include <unistd.h>

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

StopSignals::StopSignals()
{
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

bool StopSignals::requested()
{
    signalfd_siginfo info{};
    if (!requested_ && ::read(fd_, &info, sizeof info) == sizeof info) requested_ = true;
    return requested_;
}

} // namespace dorascope::cli
