using System.Buffers;
using System.IO.Compression;
using System.Numerics;
using System.Text.Unicode;
using Dragoman.Gateway.Configuration;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Dragoman.Server.Http;

/// <summary>Reads a request's body once, into pooled memory, decoded and bounded.</summary>
internal sealed class RequestBodyReader(Func<GatewayConfig> config, MemoryBudget memory, TimeProvider time)
{
    private const int MemoryAnnounced = 1 << 20;

    /// <summary>Reads the body. The caller disposes the buffer when the request is over.</summary>
    /// <exception cref="WireException">The body is too large, wrongly encoded, or not UTF-8; or there is no memory for it now.</exception>
    public async Task<PooledBuffer> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var limit = config().Limits.MaxBodyBytes;
        var request = context.Request;
        if (request.ContentLength > limit) throw TooLarge(limit);
        // What is announced is not yet there: large bodies get their room as they come, but none that could not have it.
        if (request.ContentLength > MemoryAnnounced)
        {
            using var share = new MemoryShare(memory);
            share.Take(request.ContentLength.Value);
        }

        // Progress counts here, not an average: a slow upload that goes on is not cut. It has to be said before the first read.
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } average) average.MinDataRate = null;
        var buffer = new PooledBuffer((int)Math.Clamp(request.ContentLength + 1 ?? 4096, 256, MemoryAnnounced), memory);
        ReadTimeout? timeout = null;
        try
        {
            var encoding = request.Headers.ContentEncoding.ToString();
            if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            {
                // Most bodies are there with their headers: those need no clock.
                if (TakeWhatIsThere(context, buffer, limit)) return Checked(buffer);
                timeout = new ReadTimeout(config().Limits.ClientReadTimeout, time, cancellationToken);
                await ReadPlainAsync(context, buffer, limit, timeout);
            }
            else
            {
                timeout = new ReadTimeout(config().Limits.ClientReadTimeout, time, cancellationToken);
                await ReadEncodedAsync(request.Body, encoding, buffer, limit, timeout);
            }

            return Checked(buffer);
        }
        catch (OperationCanceledException) when (timeout is { RanOut: true } && !cancellationToken.IsCancellationRequested)
        {
            buffer.Dispose();
            // What is still to come of it would be taken for the next request.
            context.Response.Headers.Connection = "close";
            throw new WireException(new WireError(ErrorKind.Timeout, $"Nothing more of the request body has come for {config().Limits.ClientReadTimeout.TotalSeconds:0} seconds (limits.client-read-timeout-seconds).") { Status = 408, Code = "request_timeout" });
        }
        catch (IOException ex) when (ex is not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            buffer.Dispose();
            context.Response.Headers.Connection = "close";
            throw WireException.Invalid("The request body is incomplete or framed wrongly.", code: "invalid_body");
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
        finally
        {
            timeout?.Dispose();
        }
    }

    private static PooledBuffer Checked(PooledBuffer buffer)
    {
        if (!Utf8.IsValid(buffer.WrittenSpan)) throw WireException.Invalid("The request body is not valid UTF-8.", code: "invalid_utf8");
        return buffer;
    }

    /// <summary>Takes what has come already; true when that is all.</summary>
    private static bool TakeWhatIsThere(HttpContext context, PooledBuffer buffer, long limit)
    {
        var reader = context.Request.BodyReader;
        while (reader.TryRead(out var result))
        {
            Take(result.Buffer, buffer, limit);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return true;
        }

        return false;
    }

    private static void Take(in ReadOnlySequence<byte> bytes, PooledBuffer buffer, long limit)
    {
        foreach (var segment in bytes)
        {
            if (buffer.Length + segment.Length > limit) throw TooLarge(limit);
            buffer.Write(segment.Span);
        }
    }

    private static async Task ReadPlainAsync(HttpContext context, PooledBuffer buffer, long limit, ReadTimeout timeout)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            timeout.Expect();
            var result = await reader.ReadAsync(timeout.Token);
            Take(result.Buffer, buffer, limit);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }

    private static async Task ReadEncodedAsync(Stream body, string encoding, PooledBuffer buffer, long limit, ReadTimeout timeout)
    {
        var decoded = Decode(body, encoding, limit);
        await using (decoded.ConfigureAwait(false))
        {
            try
            {
                int count;
                timeout.Expect();
                while ((count = await decoded.ReadAsync(buffer.GetMemory(16 * 1024), timeout.Token)) > 0)
                {
                    timeout.Expect();
                    buffer.Advance(count);
                    if (buffer.Length > limit) throw TooLarge(limit);
                }
            }
            catch (Exception ex) when (ex is InvalidDataException or InvalidOperationException or ZstdException or EndOfStreamException)
            {
                throw WireException.Invalid($"The request body could not be decoded as '{encoding}'.", code: "invalid_content_encoding");
            }
        }
    }

    private static Stream Decode(Stream body, string encoding, long limit) => encoding.Trim().ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),
        "br" => new BrotliStream(body, CompressionMode.Decompress),
        "deflate" => new ZLibStream(body, CompressionMode.Decompress),
        "zstd" => Zstd(body, limit),
        var other => throw new WireException(new WireError(
            ErrorKind.UnsupportedMedia,
            $"The content encoding '{other}' is not supported here. Use gzip, br, deflate, zstd or none.")
        { Code = "unsupported_content_encoding" }),
    };

    /// <summary>A frame may ask for a window as large as the body may be, and no more: the decoder reserves it before it has read a byte of content.</summary>
    private static DecompressionStream Zstd(Stream body, long limit)
    {
        var stream = new DecompressionStream(body, leaveOpen: true);
        stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, Math.Clamp(BitOperations.Log2((ulong)limit) + 1, 23, 27));
        return stream;
    }

    private static WireException TooLarge(long limit) => new(new WireError(
        ErrorKind.TooLarge, $"The request body is larger than the {limit >> 20} MB this gateway accepts (limits.max-body-mb).")
    { Code = "request_too_large" });
}
