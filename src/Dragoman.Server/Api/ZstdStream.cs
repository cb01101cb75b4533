using System.Runtime.InteropServices;

namespace Dragoman.Server.Api;

/// <summary>Decodes zstd with the operating system's libzstd; .NET 10 has no codec of its own and no package of one restores.</summary>
internal sealed partial class ZstdStream : Stream
{
    private readonly Stream _source;
    private readonly byte[] _input = new byte[64 * 1024];
    private nint _context;
    private int _start;
    private int _end;
    private bool _sourceEnded;
    private bool _frameOpen;

    public ZstdStream(Stream source)
    {
        _source = source;
        _context = CreateDStream();
        if (_context == 0) throw new InvalidOperationException("libzstd gave no decoder.");
    }

    /// <summary>Whether libzstd is on this machine.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, out _);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private const string Library = "libzstd.so.1";

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_start == _end && !_sourceEnded)
            {
                _start = 0;
                _end = await _source.ReadAsync(_input, cancellationToken);
                _sourceEnded = _end == 0;
            }

            var written = Decode(buffer.Span);
            if (written > 0) return written;
            if (_sourceEnded && _start == _end) return _frameOpen ? throw new InvalidDataException("The zstd frame is cut short.") : 0;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (_context != 0)
        {
            FreeDStream(_context);
            _context = 0;
        }

        base.Dispose(disposing);
    }

    private unsafe int Decode(Span<byte> target)
    {
        fixed (byte* input = _input)
        fixed (byte* output = target)
        {
            var source = new Buffer { Memory = (nint)input, Size = (nuint)_end, Position = (nuint)_start };
            var sink = new Buffer { Memory = (nint)output, Size = (nuint)target.Length, Position = 0 };
            if (_start == _end && !_frameOpen) return 0;
            var hint = DecompressStream(_context, ref sink, ref source);
            if (IsError(hint) != 0) throw new InvalidDataException("The body is not zstd.");
            _frameOpen = hint != 0;
            _start = (int)source.Position;
            return (int)sink.Position;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Buffer
    {
        public nint Memory;
        public nuint Size;
        public nuint Position;
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_createDStream")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint CreateDStream();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDStream")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nuint FreeDStream(nint stream);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nuint DecompressStream(nint stream, ref Buffer output, ref Buffer input);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint IsError(nuint code);
}
