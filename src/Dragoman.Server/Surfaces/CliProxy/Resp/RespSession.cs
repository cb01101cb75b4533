using System.Globalization;
using System.Net;
using Dragoman.Management;
using Dragoman.Management.Access;
using Dragoman.Management.Usage;
using Dragoman.Server.Surfaces.CliProxy.Management;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Dragoman.Server.Surfaces.CliProxy.Resp;

/// <summary>One collector: signs in, takes records, or has them sent as they come.</summary>
internal sealed class RespSession(ConnectionContext connection, UsageQueue queue, ManagementLogin login, IPAddress? peer, TimeProvider time) : IDisposable
{
    private const int MostRecords = 10_000;
    private const string Usage = "usage";
    private const string Errors = "errors";

    /// <summary>How long a collector may say nothing; one that is subscribed may for ever.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    private readonly RespWriter _writer = new(connection.Transport.Output);
    private readonly Dictionary<string, CancellationTokenSource> _channels = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(
        connection.ConnectionClosed, connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default);
    private string _name = "";
    private bool _isIn;

    /// <summary>Serves it to its end.</summary>
    public async Task RunAsync()
    {
        var input = connection.Transport.Input;
        try
        {
            while (true)
            {
                using var silence = new CancellationTokenSource(_channels.Count > 0 ? Timeout.InfiniteTimeSpan : Silence, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, _ended.Token);
                var read = await input.ReadAsync(either.Token);
                var buffer = read.Buffer;
                while (RespReader.TryRead(ref buffer, out var words))
                {
                    if (words.Count > 0 && !await HandleAsync(words)) return;
                }

                input.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted) return;
            }
        }
        catch (FormatException ex)
        {
            await _writer.SendAsync(RespWriter.Error($"ERR Protocol error: {ex.Message}"), _ended.Token);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        foreach (var channel in _channels.Values) channel.Dispose();
        _ended.Dispose();
        _writer.Dispose();
    }

    /// <summary>Obeys a command; false when it was the last.</summary>
    private async Task<bool> HandleAsync(IReadOnlyList<string> words)
    {
        var command = words[0].ToUpperInvariant();
        switch (command)
        {
            case "QUIT":
                await SendAsync(RespWriter.Simple("OK"));
                return false;
            case "AUTH":
                return await SignInAsync(words);
            case "PING" when _isIn && _channels.Count > 0:
                await SendAsync(RespWriter.Array([RespWriter.Bulk("pong"), RespWriter.Bulk(words.ElementAtOrDefault(1) ?? "")]));
                return true;
            default:
                await SendAsync(!_isIn ? RespWriter.Error("NOAUTH Authentication required.") : Answer(command, words));
                return true;
        }
    }

    private string Answer(string command, IReadOnlyList<string> words) => command switch
    {
        "SUBSCRIBE" => Subscribe(words),
        "UNSUBSCRIBE" => Unsubscribe(words),
        _ when _channels.Count > 0 => RespWriter.Error($"ERR Can't execute '{words[0].ToLowerInvariant()}': only SUBSCRIBE / UNSUBSCRIBE / PING / QUIT are allowed in this context"),
        "PING" => words.Count > 1 ? RespWriter.Bulk(words[1]) : RespWriter.Simple("PONG"),
        "LPOP" or "RPOP" => Take(words),
        // What clients say of themselves when they connect.
        "SELECT" => RespWriter.Simple("OK"),
        "CLIENT" => NameClient(words),
        _ => RespWriter.Error($"ERR unknown command '{words[0]}'"),
    };

    private async Task<bool> SignInAsync(IReadOnlyList<string> words)
    {
        if (words.Count is < 2 or > 3)
        {
            await SendAsync(RespWriter.Error("ERR wrong number of arguments for 'auth' command"));
            return true;
        }

        var error = await login.CheckAsync(words[^1], peer, new Actor("management", peer?.ToString() ?? ""), _ended.Token);
        _isIn = error is null;
        await SendAsync(error is null ? RespWriter.Simple("OK") : RespWriter.Error("ERR " + (error.Kind == ManagementErrorKind.Unauthenticated ? "invalid management key" : error.Message)));
        return error?.Kind != ManagementErrorKind.LockedOut;
    }

    /// <summary>Both ends of the queue give the oldest.</summary>
    private string Take(IReadOnlyList<string> words)
    {
        if (words.Count is < 2 or > 3) return RespWriter.Error($"ERR wrong number of arguments for '{words[0].ToLowerInvariant()}' command");
        if (words[1] != Usage) return RespWriter.Error($"ERR unsupported channel '{words[1]}'");
        if (words.Count == 2) return RespWriter.Bulk(queue.Take(Reader, 1).Select(TextOf).FirstOrDefault());
        if (!int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count <= 0) return RespWriter.Error("ERR value is out of range, must be positive");
        return RespWriter.Array([.. queue.Take(Reader, Math.Min(count, MostRecords)).Select(record => RespWriter.Bulk(TextOf(record)))]);
    }

    /// <summary>A collector is known again by its name, else by its address: it may connect for every look.</summary>
    private string Reader => $"resp:{_name}\n{peer}";

    private string NameClient(IReadOnlyList<string> words)
    {
        if (words.Count == 3 && words[1].Equals("SETNAME", StringComparison.OrdinalIgnoreCase)) _name = words[2].Length <= 100 ? words[2] : words[2][..100];
        return RespWriter.Simple("OK");
    }

    private string Subscribe(IReadOnlyList<string> words)
    {
        if (words.Count < 2) return RespWriter.Error("ERR wrong number of arguments for 'subscribe' command");
        var replies = new List<string>();
        foreach (var channel in words.Skip(1))
        {
            if (channel is not (Usage or Errors)) return RespWriter.Error($"ERR unsupported channel '{channel}'");
            if (!_channels.ContainsKey(channel))
            {
                var ended = _channels[channel] = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
                _ = PublishAsync(channel, ended.Token);
            }

            replies.Add(RespWriter.Array([RespWriter.Bulk("subscribe"), RespWriter.Bulk(channel), RespWriter.Number(_channels.Count)]));
        }

        return string.Concat(replies);
    }

    private string Unsubscribe(IReadOnlyList<string> words)
    {
        var channels = words.Count > 1 ? words.Skip(1).ToList() : [.. _channels.Keys];
        if (channels.Count == 0) return RespWriter.Array([RespWriter.Bulk("unsubscribe"), RespWriter.Bulk(null), RespWriter.Number(0)]);
        var replies = new List<string>();
        foreach (var channel in channels)
        {
            if (_channels.Remove(channel, out var ended))
            {
                ended.Cancel();
                ended.Dispose();
            }

            replies.Add(RespWriter.Array([RespWriter.Bulk("unsubscribe"), RespWriter.Bulk(channel), RespWriter.Number(_channels.Count)]));
        }

        return string.Concat(replies);
    }

    private async Task PublishAsync(string channel, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var record in queue.FollowAsync(cancellationToken))
            {
                if (channel == Errors && !record.Failed) continue;
                await _writer.SendAsync(RespWriter.Array([RespWriter.Bulk("message"), RespWriter.Bulk(channel), RespWriter.Bulk(TextOf(record))]), cancellationToken);
            }
        }
        catch (Exception ex) when (ex is IOException or OperationCanceledException or ConnectionAbortedException or InvalidOperationException or ObjectDisposedException)
        {
            // The collector has gone, or wants no more.
        }
    }

    private Task SendAsync(string reply) => _writer.SendAsync(reply, _ended.Token);

    private static string TextOf(UsageRecord record) => UsageRecordJson.Describe(record).ToJsonString();
}
