using System.Globalization;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Clients;
using Dragoman.Management.Usage;

namespace Dragoman.Management.Keys;

/// <summary>What the holder of a client key may know of it: how it stands, what it used, what it may ask for and where. Nothing of other keys, and nothing of accounts.</summary>
public sealed class KeyHolderService(ClientKeyService keys, UsageReport usage, Router router, TimeProvider time)
{
    /// <summary>How many days of usage are shown.</summary>
    public const int Days = 30;

    /// <summary>Describes the key to its holder.</summary>
    /// <param name="client">Whose key it is.</param>
    /// <param name="baseUrl">The gateway's address as the holder reached it.</param>
    /// <param name="timeZone">Whose days are meant, as an IANA name; null for UTC.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<KeyHolderView>> DescribeAsync(ClientIdentity client, Uri baseUrl, string? timeZone, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        var key = await keys.GetAsync(client.KeyId, cancellationToken);
        if (!key.Succeeded) return key.Error;
        var status = await keys.GetStatusAsync(client.KeyId, cancellationToken);
        if (!status.Succeeded) return status.Error;
        var zone = TimeZoneInfo.Utc;
        if (!string.IsNullOrEmpty(timeZone) && !TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out zone)) return ManagementError.Invalid($"The time zone '{timeZone}' is not known; write an IANA name like Europe/Berlin.", "tz");
        var first = TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone).Date.AddDays(1 - Days);
        var filter = new UsageFilter { Key = client.KeyId, From = first.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), TimeZone = zone.Id };
        var byDay = await usage.SummariseAsync(filter, by: null, "day", cancellationToken);
        if (!byDay.Succeeded) return byDay.Error;
        var byModel = await usage.SummariseAsync(filter, "model", step: null, cancellationToken);
        if (!byModel.Succeeded) return byModel.Error;
        return new KeyHolderView(
            key.Value.Name, key.Value.Prefix, key.Value.Status, key.Value.ExpiresAt, key.Value.Models, status.Value, new KeyUsageView(byDay.Value.Total, byDay.Value.Rows, byModel.Value.Rows),
            [.. router.VisibleModels().Where(client.AllowsSight).Select(KeyModelView.From)], ClientAddresses.List(baseUrl));
    }
}
