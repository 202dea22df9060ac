"""Uploads that stop at a limit instead of filling memory or disk."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class BoundedUpload(FileUploadHandler):
    """Keeps the uploads of one request in memory, together up to `settings.UPLOAD_LIMIT` bytes. What goes beyond is read to
    its end, so that the browser hears the answer, but dropped: the file arrives empty with `too_large` set, and with
    `together` where it would have fitted alone."""

    _kept = 0  # bytes of the files before this one

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._buffer, self._size, self._too_large = BytesIO(), 0, False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size = start + len(raw_data)
        if self._too_large or self._kept + self._size > settings.UPLOAD_LIMIT:
            if not self._too_large:
                self._buffer, self._too_large = BytesIO(), True
            return
        self._buffer.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        size = self._buffer.getbuffer().nbytes
        self._kept += size
        self._buffer.seek(0)
        file = InMemoryUploadedFile(
            self._buffer, self.field_name, self.file_name or "", self.content_type, size, self.charset
        )
        file.too_large = self._too_large  # type: ignore[attr-defined]
        file.together = self._too_large and self._size <= settings.UPLOAD_LIMIT  # type: ignore[attr-defined]
        return file
