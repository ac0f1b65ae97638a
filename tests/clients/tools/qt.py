#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A small Qt program with a menu, a text field, a button and a list: qt.py 5|6"""
import os
import sys

if sys.argv[1] == '5':
    from PyQt5 import QtCore, QtGui, QtWidgets
    Action = QtWidgets.QAction
else:
    from PyQt6 import QtCore, QtGui, QtWidgets
    Action = QtGui.QAction


class Window(QtWidgets.QMainWindow):
    def __init__(self):
        super().__init__()
        self.setWindowTitle('Qt ' + QtCore.qVersion())
        menu = self.menuBar().addMenu('&File')
        menu.addAction(Action('&New', self))
        menu.addAction(Action('&Open', self))
        more = menu.addMenu('&Recent')
        for name in 'one', 'two', 'three':
            more.addAction(Action(name, self))
        leave = Action('&Quit', self)
        leave.triggered.connect(self.close)
        menu.addAction(leave)
        middle = QtWidgets.QWidget()
        layout = QtWidgets.QVBoxLayout(middle)
        self.field = QtWidgets.QLineEdit()
        self.field.setPlaceholderText('A text')
        button = QtWidgets.QPushButton('Add it')
        self.list = QtWidgets.QListWidget()
        box = QtWidgets.QComboBox()
        box.addItems(['red', 'green', 'blue'])
        button.clicked.connect(self.add)
        self.field.returnPressed.connect(self.add)
        for part in self.field, button, self.list, box:
            layout.addWidget(part)
        self.setCentralWidget(middle)
        self.statusBar().showMessage('Ready')
        self.resize(420, 340)

    def add(self):
        self.list.addItem(self.field.text())
        self.setWindowTitle('Qt: %d' % self.list.count())
        self.field.clear()
        self.field.setFocus()


application = QtWidgets.QApplication(sys.argv[:1])
application.setCursorFlashTime(0)
window = Window()
window.show()
status = application.exec() if sys.argv[1] == '6' else application.exec_()
# Skip Qt's shutdown, in which its two Wayland threads can deadlock: one calls
# wl_display_prepare_read and exits, the other waits for it.
os._exit(status)
