// SPDX-License-Identifier: GPL-3.0-or-later
// The toolbar: where the frames come from, what is done with them, what is looked for, and when.
#pragma once

#include "ui/models/scope.h"
#include "ui/views/source_control.h"

#include <QWidget>

class QAction;
class QLineEdit;
class QMenu;
class QToolButton;

namespace dorascope::ui {

class TopBar : public QWidget {
    Q_OBJECT
public:
    TopBar(models::Scope& scope, SourceControl& control, QWidget* parent = nullptr);

    QLineEdit& filter() { return *filter_; }
    QToolButton& chip() { return *chip_; }
    QString sourceText() const;

signals:
    void openCaptureRequested();
    void serveRequested();
    void inspectorToggled();
    void themeRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
    void connectAll();
    void fillSourceMenu();
    void fillCaptureMenu();
    void addInterfaces(QMenu& menu);
    void addLabControls();
    void capture();
    void serve();
    void refresh();
    void refreshChip();
    void fitChip();
    void restyle();

    models::Scope& scope_;
    SourceControl& control_;
    QToolButton *source_, *capture_, *serve_, *pause_, *step_, *pace_, *chip_, *theme_, *inspector_;
    QLineEdit* filter_;
    QAction* search_;
    QMenu *sourceMenu_, *captureMenu_;
    QList<QAction*> paces_;
    bool narrow_ = false; ///< no room for milliseconds
};

} // namespace dorascope::ui
