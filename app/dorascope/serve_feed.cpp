// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/serve_feed.h"

#include "app/dorascope/problem.h"
#include "ui/views/texts.h"

#include <QCoreApplication>

namespace dorascope::app {

ServeFeed::ServeFeed(ui::ServeRequest request)
    : request_(std::move(request)), capture_(CaptureReader::Kind::interface, request_.interface), thread_([this] { run(); })
{ }

ServeFeed::~ServeFeed()
{
    stop();
    thread_.join();
}

void ServeFeed::stop()
{
    stopping_ = true;
    capture_.stop();
    const std::scoped_lock lock(mutex_);
    if (host_) host_->stop();
}

void ServeFeed::run()
{
    host::ServeOptions options;
    options.interface = request_.interface.toStdString();
    options.config = request_.config;
    auto opened = host::ServerHost::open(std::move(options));
    if (!opened) {
        const std::scoped_lock lock(mutex_);
        problem_ = problemOf(opened.error());
        finished_ = true;
        capture_.stop();
        return;
    }
    opened->on_decisions([this](std::span<const Decision> decisions) { take(decisions); });
    host::ServerHost* running = nullptr;
    {
        const std::scoped_lock lock(mutex_);
        host_ = std::move(*opened);
        running = &*host_;
    }
    serving_ = true;
    if (stopping_) running->stop();
    const auto ended = running->run();
    serving_ = false;
    const std::scoped_lock lock(mutex_);
    if (!ended && !stopping_) problem_ = problemOf(ended.error());
    finished_ = true;
}

void ServeFeed::take(std::span<const Decision> decisions)
{
    const std::scoped_lock lock(mutex_);
    for (const Decision& decision : decisions) {
        if (decisions_.size() < kMostDecisions)
            decisions_.push_back(decision);
        else
            ++droppedDecisions_;
    }
}

void ServeFeed::pump(Intake& intake, std::chrono::nanoseconds elapsed, std::chrono::nanoseconds budget)
{
    std::vector<Decision> decisions;
    {
        const std::scoped_lock lock(mutex_);
        decisions.swap(decisions_);
    }
    for (const Decision& decision : decisions)
        intake.decision(decision);
    capture_.pump(intake, elapsed, budget);
}

std::optional<ui::Problem> ServeFeed::takeProblem()
{
    {
        const std::scoped_lock lock(mutex_);
        if (problem_) return std::exchange(problem_, std::nullopt);
    }
    return capture_.takeProblem();
}

void ServeFeed::describe(ui::SourceStatus& status) const
{
    capture_.describe(status);
    status.kind = ui::SourceKind::serve;
    status.running = !finished_;
    status.title = QCoreApplication::translate("ServeFeed", "Serving on %1").arg(request_.interface);
    if (serving_)
        status.serving =
            QCoreApplication::translate("ServeFeed", "Serving %1 on %2").arg(ui::poolText(pool().range), request_.interface);
    const std::scoped_lock lock(mutex_);
    status.queueDrops += droppedDecisions_;
    if (host_) status.kernelDrops += host_->counters().kernel_drops;
}

models::PoolInfo ServeFeed::pool() const { return ui::poolInfo(request_.config); }

} // namespace dorascope::app
