namespace Dragoman.Gateway.Persistence;

/// <summary>What an upstream said of its quotas with an answer.</summary>
/// <param name="Target">Those of the model that answered.</param>
/// <param name="Account">Those of the whole account.</param>
public sealed record QuotaReading(IReadOnlyList<QuotaWindow> Target, IReadOnlyList<QuotaWindow> Account);
