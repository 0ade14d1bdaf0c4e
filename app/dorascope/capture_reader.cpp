// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/capture_reader.h"

#include "app/dorascope/pipe.h"
#include "app/dorascope/problem.h"
#include "engine/host/privileged.h"

#include <QCoreApplication>

#include <cerrno>
#include <cstring>

namespace dorascope::app {

CaptureReader::CaptureReader(Kind kind, std::string name) : kind_(kind), name_(std::move(name)), thread_([this] { run(); }) { }

CaptureReader::~CaptureReader()
{
    stop();
    thread_.join();
}

void CaptureReader::stop()
{
    stopping_ = true;
    queue_.close();
    const std::scoped_lock lock(mutex_);
    if (relay_) relay_->stop();
}

std::optional<double> CaptureReader::progress() const
{
    const double value = progress_;
    if (value < 0 || finished_) return std::nullopt;
    return value;
}

std::uint64_t CaptureReader::kernelDrops() const
{
    const std::scoped_lock lock(mutex_);
    return relay_ ? relay_->kernelDrops() : 0;
}

std::optional<ui::Problem> CaptureReader::takeProblem()
{
    const std::scoped_lock lock(mutex_);
    return std::exchange(problem_, std::nullopt);
}

void CaptureReader::fail(ui::Problem problem)
{
    const std::scoped_lock lock(mutex_);
    if (!problem_) problem_ = std::move(problem);
}

void CaptureReader::fail(const source::SourceError& error) { fail(problemOf(error)); }

std::optional<source::CaptureSource> CaptureReader::openRelayed(host::Descriptor input, host::Descriptor status)
{
    int output = -1;
    {
        const std::scoped_lock lock(mutex_);
        relay_ = std::make_unique<StreamRelay>(std::move(input), std::move(status));
        if (stopping_) relay_->stop(); // stop() may have come before there was anything to stop
        output = relay_->takeOutput();
    }
    auto opened = source::CaptureSource::open_descriptor(output, name_);
    if (opened) return std::move(*opened);
    if (!stopping_) fail(opened.error());
    return std::nullopt;
}

std::optional<source::CaptureSource> CaptureReader::open()
{
    switch (kind_) {
    case Kind::file: {
        auto opened = source::CaptureSource::open_file(name_);
        if (opened) return std::move(*opened);
        fail(opened.error());
        return std::nullopt;
    }
    case Kind::input: {
        auto input = openPipe(name_);
        if (input) return openRelayed(std::move(input), {});
        fail(source::SourceError{"cannot read " + name_ + ": " + std::strerror(errno) + ".", ""});
        return std::nullopt;
    }
    case Kind::interface: {
        auto stream = host::request_capture(name_);
        if (stream) return openRelayed(std::move(stream->pcap), std::move(stream->status));
        fail(problemOf(stream.error()));
        return std::nullopt;
    }
    }
    return std::nullopt;
}

void CaptureReader::read(source::CaptureSource& source)
{
    const bool live = kind_ == Kind::interface;
    for (std::uint64_t count = 0; !stopping_; ++count) {
        const auto frame = source.next();
        if (!frame) {
            if (!stopping_) fail(frame.error());
            return;
        }
        if (!*frame) return;
        // Of a live capture the newest frame is dropped and counted when the window lags; a file waits.
        if (live) {
            queue_.offer(**frame);
        } else if (!queue_.put(**frame)) {
            return;
        }
        if (count % 256 == 0)
            if (const auto p = source.progress(); p && p->total > 0)
                progress_ = static_cast<double>(p->done) / static_cast<double>(p->total);
    }
}

void CaptureReader::run()
{
    if (auto source = open()) read(*source);
    std::string said;
    {
        const std::scoped_lock lock(mutex_);
        if (relay_) said = relay_->error();
    }
    if (!said.empty() && !stopping_)
        fail({QCoreApplication::translate("CaptureReader", "The capture on %1 ended: %2.")
                  .arg(QString::fromStdString(name_), QString::fromStdString(said)),
              QCoreApplication::translate("CaptureReader",
                                          "Check that the interface is still there and up, then start the capture again."),
              {}});
    finished_ = true;
}

} // namespace dorascope::app
