// SPDX-License-Identifier: GPL-3.0-or-later
// The serving thread's waiting: descriptors that become readable, tasks from other threads, and the order to stop.
#pragma once

#include "engine/host/host_error.h"

#include <functional>
#include <memory>
#include <tl/expected.hpp>

namespace dorascope::host {

class EventLoop {
public:
    using Handler = std::function<void()>;

    static tl::expected<EventLoop, HostError> open();
    EventLoop(EventLoop&&) noexcept;
    EventLoop& operator=(EventLoop&&) noexcept;
    ~EventLoop();

    /// `on_ready` is called in turn() whenever `descriptor` is readable or its other end is gone. Borrowed: forget() before closing it.
    /// Handlers may watch and forget, also themselves.
    tl::expected<void, HostError> watch(int descriptor, Handler on_ready);
    void forget(int descriptor);
    /// From any thread: runs in turn(), in order of posting. What is posted after the last turn never runs.
    void post(Handler task);
    /// From any thread or a signal handler.
    void stop();

    /// Waits until something is ready and calls its handlers, then the tasks. False once it was told to stop.
    tl::expected<bool, HostError> turn();

private:
    struct Impl;
    explicit EventLoop(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace dorascope::host
