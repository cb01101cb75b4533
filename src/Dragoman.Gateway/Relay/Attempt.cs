using System.Net.Http.Headers;
using Dragoman.Gateway.Models;
using Dragoman.Gateway.Providers;
using Dragoman.Wire;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Gateway.Relay;

/// <summary>One candidate, one try: what both lanes need to make it.</summary>
internal sealed class Attempt(ClientRequest request, Candidate candidate, RelayServices services, ClientStream? stream, IClientChannel channel, RelayOutcome outcome, CancellationToken clientGone)
{
    /// <summary>The most an error body is read to, and a whole answer is taken as.</summary>
    private const int MaxErrorBytes = 1 << 20;

    private const int MaxAnswerBytes = 256 << 20;

    public ClientRequest Request => request;

    public Candidate Candidate => candidate;

    public RelayServices Services => services;

    public RelayOptions Options => services.Options;

    public IProvider Provider { get; } = services.Providers[candidate.Account.Provider];

    public Language UpstreamLanguage => Provider.LanguageOf(candidate.Account, candidate.Model);

    public RelayOutcome Outcome => outcome;

    /// <summary>The way to a streaming client; null when the client wants a whole answer.</summary>
    public ClientStream? Stream => stream;

    public IClientChannel Channel => channel;

    public CancellationToken ClientGone => clientGone;

    /// <summary>Makes the attempt, in the lane that fits.</summary>
    public async Task<AttemptResult> RunAsync()
    {
        using var patience = new Patience(services.Time, Options.FirstByteTimeout, clientGone);
        try
        {
            var sameLanguage = UpstreamLanguage == request.Language.Language;
            return sameLanguage && request.AllowRelayLane && candidate.SuffixReasoning is null
                ? await RelayLane.RunAsync(this, patience)
                : await TranslateLane.RunAsync(this, patience);
        }
        catch (Exception fault) when (!clientGone.IsCancellationRequested && Explain(fault, patience) is { } error)
        {
            return new AttemptResult { Failure = new Failure(error.Kind == ErrorKind.Timeout ? FailureClass.Capacity : FailureClass.Transient, error) };
        }
    }

    /// <summary>What a fault on the way to or from the upstream means; null for a fault of our own.</summary>
    public WireError? Explain(Exception fault, Patience patience) => fault switch
    {
        _ when patience.RanOut => new WireError(ErrorKind.Timeout, $"The upstream '{candidate.Account.Label}' did not answer in time.") { Code = "upstream_timeout" },
        HttpRequestException http => new WireError(ErrorKind.Api, $"The upstream '{candidate.Account.Label}' could not be reached: {Short(http)}") { Status = 502, Code = "upstream_unreachable" },
        IOException io => new WireError(ErrorKind.Api, $"The connection to the upstream '{candidate.Account.Label}' broke: {Short(io)}") { Status = 502, Code = "upstream_connection_lost" },
        InvalidDataException data => new WireError(ErrorKind.Api, $"The upstream '{candidate.Account.Label}' sent what its protocol does not allow: {data.Message}") { Status = 502, Code = "upstream_protocol_error" },
        System.Text.Json.JsonException => new WireError(ErrorKind.Api, $"The upstream '{candidate.Account.Label}' sent an answer that is not JSON.") { Status = 502, Code = "upstream_protocol_error" },
        _ => null,
    };

    /// <summary>Sends the body upstream and waits for the answer's headers.</summary>
    public async Task<HttpResponseMessage> SendAsync(ReadOnlyMemory<byte> body, IReadOnlyList<KeyValuePair<string, string>> headers, bool asStream, Patience patience)
    {
        var call = new UpstreamCall(candidate.Account, candidate.Model, UpstreamOperation.Generate) { Stream = asStream, Body = body, ClientHeaders = headers };
        using var message = await Provider.CreateRequestAsync(call, patience.Token)
            ?? throw new InvalidOperationException($"The provider '{Provider.Id}' makes no answers.");
        return await services.Http.SendAsync(candidate.Account, message, patience.Token);
    }

    /// <summary>Turns an error answer into a failed attempt.</summary>
    public async Task<AttemptResult> FailAsync(HttpResponseMessage response, Patience patience)
    {
        using var buffer = new PooledBuffer();
        await ReadBodyAsync(response, buffer, MaxErrorBytes, patience);
        var language = UpstreamLanguage;
        var error = Languages.Upstream(language).ReadError((int)response.StatusCode, buffer.WrittenMemory) with { Origin = language };
        if (error.RequestId is null) error = error with { RequestId = UpstreamHeaders.RequestId(response.Headers) };
        var same = language == request.Language.Language;
        return Fail(error, response.Headers) with { ErrorBody = same ? buffer.WrittenMemory.ToArray() : default };
    }

    /// <summary>A failed attempt from an error that the upstream told.</summary>
    public AttemptResult Fail(WireError error, HttpResponseHeaders headers) => new()
    {
        Failure = Provider.Classify(error, headers, services.Time.GetUtcNow()),
        Headers = UpstreamHeaders.Select(headers),
    };

    /// <summary>Reads a whole body.</summary>
    public static Task ReadAnswerAsync(HttpResponseMessage response, PooledBuffer buffer, Patience patience)
        => ReadBodyAsync(response, buffer, MaxAnswerBytes, patience);

    /// <summary>The headers of an answer.</summary>
    public AnswerHeaders HeadersFor(HttpResponseMessage response, Losses? losses) => new()
    {
        Flow = request.FlowId,
        Provider = Provider.Id,
        Account = candidate.Account.Label,
        Model = candidate.Model.Id,
        Attempts = outcome.Attempts.Count + 1,
        Losses = losses is null ? null : LossesHeader.Of(losses),
        Upstream = UpstreamHeaders.Select(response.Headers),
    };

    private static async Task ReadBodyAsync(HttpResponseMessage response, PooledBuffer buffer, int limit, Patience patience)
    {
        var body = await response.Content.ReadAsStreamAsync(patience.Token);
        await using (body.ConfigureAwait(false))
        {
            // A known length is received in one piece of memory.
            var hint = (int)Math.Min(response.Content.Headers.ContentLength ?? 0, limit) + 1;
            while (true)
            {
                var count = await body.ReadAsync(buffer.GetMemory(Math.Max(hint - buffer.Length, 4096)), patience.Token);
                if (count == 0) return;
                buffer.Advance(count);
                if (buffer.Length > limit) throw new InvalidDataException($"the answer is larger than {limit} bytes");
            }
        }
    }

    private static string Short(Exception fault)
    {
        var inner = fault;
        while (inner.InnerException is { } deeper) inner = deeper;
        return inner.Message.TrimEnd('.') + ".";
    }
}
