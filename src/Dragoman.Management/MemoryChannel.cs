using System.IO.Pipelines;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Json;

namespace Dragoman.Management;

/// <summary>Takes the answer to a request of our own (a replay, the test of an account) in as it comes, in any protocol and form.</summary>
internal sealed class MemoryChannel : IResponseChannel, IDisposable
{
    private const int Most = 64 << 20;
    private readonly PooledBuffer _received = new();
    private readonly CallbackPipeWriter _pipe;

    public MemoryChannel() => _pipe = new CallbackPipeWriter((bytes, _) =>
    {
        if (_received.Length + bytes.Length > Most) throw new IOException($"the answer is larger than {Most >> 20} MB.");
        bytes.Span.CopyTo(_received.GetSpan(bytes.Length));
        _received.Advance(bytes.Length);
        return ValueTask.CompletedTask;
    });

    public string MediaType { get; private set; } = "application/json";

    public ReadOnlyMemory<byte> Received => _received.WrittenMemory;

    public PipeWriter Body => _pipe;

    public bool HasBegun { get; private set; }

    /// <summary>There is no connection to break off.</summary>
    public void Abort()
    {
    }

    public void Begin(int status, string contentType, AnswerHeaders headers) => (HasBegun, MediaType) = (true, contentType);

    public void Dispose()
    {
        _pipe.Dispose();
        _received.Dispose();
    }
}
