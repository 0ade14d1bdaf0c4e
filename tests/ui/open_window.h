// SPDX-License-Identifier: GPL-3.0-or-later
// The whole window on the whole session, as main() puts them together, with settings of its own and a clock in the test's hand.
#pragma once

#include "app/dorascope/session.h"
#include "ui/views/main_window.h"

#include <QSettings>
#include <QTemporaryDir>

#include <functional>
#include <memory>

namespace dorascope {

class OpenWindow {
public:
    OpenWindow();
    ~OpenWindow();

    /// The window as it was, opened anew on the same settings.
    void reopen();
    /// The lab `scenario` at `at` of its virtual time, standing still.
    void lab(const char* scenario, Duration at);
    /// A capture file of the lab's frames, made through source::CaptureWriter.
    QString captureOf(const char* scenario, Duration at);
    QString pathOf(const char* name) const { return folder_.filePath(QLatin1String(name)); }

    app::Session& session() { return *session_; }
    ui::MainWindow& window() { return *window_; }
    models::Scope& scope() { return session_->scope(); }
    QSettings& settings() { return *settings_; }

    observe::MessageId messageOf(MessageType type, std::size_t nth = 0);
    static void settle(); ///< what is queued in the event loop
    /// Lets the event loop run until `done`, or until a generous limit has passed; false then.
    static bool waitFor(const std::function<bool()>& done);

private:
    void open();
    QTemporaryDir folder_;
    std::unique_ptr<QSettings> settings_;
    std::unique_ptr<app::Session> session_;
    std::unique_ptr<ui::MainWindow> window_;
};

} // namespace dorascope
