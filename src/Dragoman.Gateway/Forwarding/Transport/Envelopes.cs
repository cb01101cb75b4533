using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>Wraps requests and unwraps answers for providers whose vendor puts an envelope around the protocol's bodies.</summary>
internal static class Envelopes
{
    /// <summary>The most that an error's body is read to.</summary>
    private const int MaxErrorBytes = 1 << 20;

    /// <summary>Wraps the body of a call, where the provider has an envelope.</summary>
    /// <returns>The memory of the wrapped body, to be given back once the request has been sent; null where nothing is wrapped.</returns>
    public static PooledBuffer? Wrap(ProviderModule provider, ref UpstreamCall call, MemoryBudget? memory)
    {
        if (provider.Envelope is not { } envelope) return null;
        var wrapped = new PooledBuffer(call.Body.Length + 512, memory);
        try
        {
            envelope.WrapRequest(call, wrapped);
        }
        catch
        {
            wrapped.Dispose();
            throw;
        }

        call = call with { Body = wrapped.WrittenMemory };
        return wrapped;
    }

    /// <summary>Makes an answer read as if it had not been wrapped.</summary>
    public static async ValueTask UnwrapAsync(ProviderModule provider, HttpResponseMessage response, int maxAnswerBytes, int maxFrameBytes, MemoryBudget? memory, CancellationToken cancellationToken)
    {
        if (provider.Envelope is not { } envelope) return;
        var wrapped = response.Content;
        var limit = response.IsSuccessStatusCode ? maxAnswerBytes : Math.Min(MaxErrorBytes, maxAnswerBytes);
        var content = new StreamContent(new UnwrappingStream(await wrapped.ReadAsStreamAsync(cancellationToken), envelope, limit, maxFrameBytes, memory));
        if (ResponseKind.MediaType(response) is { } type) content.Headers.TryAddWithoutValidation("Content-Type", type);
        response.Content = content;
    }
}
