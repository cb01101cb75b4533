using System.Buffers;
using Dragoman.Server.Listeners;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Dragoman.Server.Hosting;

/// <summary>Looks at the first bytes of a connection without TLS, and gives those that speak another protocol than HTTP/1.1 to whoever serves it: HTTP/2 by its preface, others of a surface by their first byte.</summary>
/// <param name="others">Serves the other protocols of the listener's surface; null where it has none.</param>
/// <param name="http2">Serves HTTP/2.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectionSniffing(Lazy<ISurfaceConnections?> others, HandedConnections http2, TimeProvider time)
{
    /// <summary>How long a connection may be silent before it has said what it speaks, where it may speak something that never begins by itself.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    /// <summary>How long it may be silent where it can only speak HTTP: as long as one that is kept alive.</summary>
    private static readonly TimeSpan HttpSilence = TimeSpan.FromMinutes(5);

    private enum Spoken
    {
        Http,
        Http2,
        Other,
    }

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Serves a connection.</summary>
    public async Task HandleAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        Spoken spoken;
        using (var timeout = new CancellationTokenSource(others.Value is null ? HttpSilence : Silence, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, connection.ConnectionClosed, StopOf(connection)))
        {
            try
            {
                spoken = await LookAsync(connection, either.Token);
            }
            catch (Exception ex) when (ex is OperationCanceledException or IOException or ConnectionAbortedException)
            {
                connection.Abort();
                return;
            }
        }

        if (spoken == Spoken.Other) await others.Value!.ServeAsync(connection);
        else if (spoken == Spoken.Http2) await http2.ServeAsync(connection);
        else await next(connection);
    }

    private async Task<Spoken> LookAsync(ConnectionContext connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await connection.Transport.Input.ReadAsync(cancellationToken);
            var spoken = Recognise(read.Buffer, read.IsCompleted);
            // Nothing is taken and, once it is known, nothing examined: whoever serves it reads from the first byte.
            connection.Transport.Input.AdvanceTo(read.Buffer.Start, spoken is null ? read.Buffer.End : read.Buffer.Start);
            if (spoken is { } known) return known;
        }
    }

    /// <summary>What a connection that begins so speaks; null while that is open.</summary>
    private Spoken? Recognise(in ReadOnlySequence<byte> buffer, bool isCompleted)
    {
        if (buffer.IsEmpty) return isCompleted ? Spoken.Http : null;
        if (others.Value is { } served && served.Takes(buffer.FirstSpan[0])) return Spoken.Other;
        Span<byte> begun = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(buffer.Length, Preface.Length);
        buffer.Slice(0, length).CopyTo(begun);
        if (!begun[..length].SequenceEqual(Preface[..length])) return Spoken.Http;
        return length == Preface.Length ? Spoken.Http2 : isCompleted ? Spoken.Http : null;
    }

    /// <summary>Asked for when the server stops.</summary>
    private static CancellationToken StopOf(ConnectionContext connection) => connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
}
