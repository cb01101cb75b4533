using System.Net;

namespace Dragoman.Gateway.Catalog;

/// <summary>Fetches the owner's list of models: from a file, or from the one address that is configured and no other.</summary>
internal sealed class CatalogSource(Func<HttpMessageInvoker> http)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>What lies in a file.</summary>
    /// <exception cref="CatalogException">It cannot be read, or is too long.</exception>
    public static FetchedList FromFile(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > CatalogReader.MaxBytes) throw new CatalogException($"The file has {stream.Length} bytes; {CatalogReader.MaxBytes} are the most.");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return new FetchedList(bytes, new DateTimeOffset(File.GetLastWriteTimeUtc(stream.SafeFileHandle), TimeSpan.Zero), null);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new CatalogException(ex is FileNotFoundException or DirectoryNotFoundException ? "The file does not exist." : $"The file cannot be read: {ex.Message}", ex);
        }
    }

    /// <summary>What an address answers with; without bytes where it says that the list which <paramref name="before"/> was is still the newest.</summary>
    /// <exception cref="CatalogException">It does not answer with a list, or with one that is too long.</exception>
    public async Task<FetchedList> FromAddressAsync(Uri address, FetchedList? before, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("accept", "application/json");
            request.Headers.TryAddWithoutValidation("user-agent", "dragoman");
            if (before?.Tag is { } tag) request.Headers.IfNoneMatch.Add(tag);
            else if (before?.Dated is { } dated) request.Headers.IfModifiedSince = dated;
            using var response = await http().SendAsync(request, limit.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NotModified && before is not null) return before with { Bytes = null };
            if ((int)response.StatusCode is >= 300 and < 400) throw new CatalogException("The address leads to another one, which is not followed: configure that one.");
            if (response.StatusCode != HttpStatusCode.OK) throw new CatalogException($"The address answered {(int)response.StatusCode}.");
            await using var stream = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            using var memory = new MemoryStream();
            var buffer = new byte[64 << 10];
            int read;
            while ((read = await stream.ReadAsync(buffer, limit.Token).ConfigureAwait(false)) > 0)
            {
                if (memory.Length + read > CatalogReader.MaxBytes) throw new CatalogException($"The answer has more than {CatalogReader.MaxBytes} bytes.");
                memory.Write(buffer, 0, read);
            }

            return new FetchedList(memory.ToArray(), response.Content.Headers.LastModified, response.Headers.ETag);
        }
        catch (OperationCanceledException ex) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CatalogException($"The address did not answer within {Longest.TotalSeconds} seconds.", ex);
        }
        catch (Exception ex) when (ex is HttpRequestException or IOException)
        {
            throw new CatalogException($"The address cannot be reached: {ex.Message}", ex);
        }
    }
}
