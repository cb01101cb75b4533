namespace Dragoman.Gateway.Flows;

/// <summary>How recording is doing, since the start.</summary>
/// <param name="Written">Flows in the store.</param>
/// <param name="Waiting">Flows that wait to be written.</param>
/// <param name="Dropped">Flows that were lost because the store was away or too slow for too long.</param>
/// <param name="BodiesDropped">Flows whose bodies were lost for the same reason.</param>
/// <param name="RefusalsUnrecorded">Refused requests beyond what is recorded of them a second.</param>
/// <param name="Problem">Why nothing can be written now, or null.</param>
public sealed record FlowRecorderStatus(long Written, int Waiting, long Dropped, long BodiesDropped, long RefusalsUnrecorded, string? Problem);
