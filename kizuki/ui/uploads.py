"""Uploads that stop at a limit instead of filling memory or disk."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class BoundedUpload(FileUploadHandler):
    """Keeps one upload in memory up to `settings.UPLOAD_LIMIT` bytes. A larger one is read to its end, so that the browser hears the
    answer, but dropped: the file arrives empty with `too_large` set."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._buffer, self._too_large = BytesIO(), False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._too_large or start + len(raw_data) > settings.UPLOAD_LIMIT:
            if not self._too_large:
                self._buffer, self._too_large = BytesIO(), True
            return
        self._buffer.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._buffer.seek(0)
        file = InMemoryUploadedFile(
            self._buffer,
            self.field_name,
            self.file_name or "",
            self.content_type,
            self._buffer.getbuffer().nbytes,
            self.charset,
        )
        file.too_large = self._too_large  # type: ignore[attr-defined]
        return file
