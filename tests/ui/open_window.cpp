// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/open_window.h"

#include "capture/source/capture_source.h"
#include "engine/lab/lab.h"
#include "ui/views/exchange_table.h"
#include "ui/views/ladder_view.h"
#include "ui/views/live_page.h"

#include <QApplication>
#include <QDeadlineTimer>

#include <stdexcept>

namespace dorascope {

OpenWindow::OpenWindow()
{
    settings_ = std::make_unique<QSettings>(pathOf("settings.ini"), QSettings::IniFormat);
    settings_->setValue(QStringLiteral("welcomed"), true);
    open();
}

OpenWindow::~OpenWindow() = default;

void OpenWindow::open()
{
    session_ = std::make_unique<app::Session>();
    window_ = std::make_unique<ui::MainWindow>(session_->scope(), *session_, *settings_);
    window_->livePage().ladder().setAnimated(false);
    window_->livePage().table().setAnimated(false);
    window_->resize(1440, 900);
    window_->show();
    window_->activateWindow();
    settle();
}

void OpenWindow::reopen()
{
    window_->close();
    window_.reset();
    session_.reset();
    open();
}

void OpenWindow::lab(const char* scenario, Duration at)
{
    session_->openLab(QLatin1String(scenario));
    session_->showLabAt(at);
    settle();
}

QString OpenWindow::captureOf(const char* scenario, Duration at)
{
    const QString path = pathOf("lab.pcap");
    auto writer = source::CaptureWriter::create(path.toStdString(), decode::LinkType::ethernet);
    if (!writer) throw std::runtime_error(writer.error().text());
    lab::Lab lab(lab::scenario(scenario).value());
    std::uint64_t number = 0;
    lab.on_frame([&](Instant when, std::span<const std::byte> bytes) {
        const decode::Frame frame{++number, when, decode::LinkType::ethernet, static_cast<std::uint32_t>(bytes.size()), bytes};
        if (const auto written = writer->write(frame); !written) throw std::runtime_error(written.error().text());
    });
    lab.run_until(lab.scenario().start + at);
    if (const auto closed = writer->close(); !closed) throw std::runtime_error(closed.error().text());
    return path;
}

observe::MessageId OpenWindow::messageOf(MessageType type, std::size_t nth)
{
    const auto messages = scope().state().messages();
    for (std::size_t i = 0; i < messages.size(); ++i)
        if (messages[i].type == type && nth-- == 0) return static_cast<observe::MessageId>(i);
    return observe::kNone;
}

void OpenWindow::settle()
{
    for (int turn = 0; turn < 6; ++turn)
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
}

bool OpenWindow::waitFor(const std::function<bool()>& done)
{
    const QDeadlineTimer limit(60'000);
    while (!done()) {
        if (limit.hasExpired()) return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
    }
    settle();
    return true;
}

} // namespace dorascope
