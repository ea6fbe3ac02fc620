import type { DeviceInfoObservation } from '../../protocol/device-info.ts';
import type { HttpRequestObservation, HttpResponseObservation } from '../../protocol/http.ts';
import type { HttpTitleObservation, UpnpDescriptionObservation } from '../../protocol/http-body.ts';
import type { Claims } from './claim.ts';

export function collectHttpRequest(request: HttpRequestObservation, claims: Claims): void {
  claims.byFact('http.userAgent', 'http.userAgent', request.userAgent);
  claims.byFact('http.headers', 'http.headers', request.headerOrder.join(','));
  const host = request.host.includes(':') ? request.host.replace(/:\d+$/, '') : request.host;
  if (host === '') return;
  claims.byFact('http.request', 'http.request', host + request.path);
  // A local address is no name of a cloud.
  if (!/^[\d.]+$|^\[/.test(host)) claims.byDomain('http.host', host);
}

export function collectHttpResponse(response: HttpResponseObservation, claims: Claims): void {
  claims.byFact('http.server', 'http.server', response.server);
  const { realm } = response;
  if (!claims.byFact('http.realm', 'http.realm', realm)) claims.byModel('http.realm', realm);
}

/** A page's title often names the product; the words of it that are model numbers count, the rest is prose. */
export function collectHttpTitle(page: HttpTitleObservation, claims: Claims): void {
  if (!claims.byFact('http.title', 'http.title', page.title)) claims.byModel('http.title', page.title);
}

/** A description that is fetched from the sender: what its maker wrote about it. The friendly name is the user's. */
export function collectUpnpDescription(description: UpnpDescriptionObservation, claims: Claims): void {
  claims.claimBrand('upnp.manufacturer', description.manufacturer);
  claims.claimModel('upnp.modelName', description.modelName);
  claims.byModel('upnp.modelNumber', description.modelNumber);
  claims.byFact('upnp.modelDescription', 'upnp.model', description.modelDescription);
  claims.byFact('upnp.deviceType', 'ssdp.target', description.deviceType);
}

/** A vendor's own form of description is told by its form alone. */
export function collectDeviceInfo(info: DeviceInfoObservation, claims: Claims): void {
  const source = `deviceInfo.${info.form}`;
  claims.byFact(source, 'vendor', info.form);
  if (info.manufacturer !== '') claims.claimBrand(source, info.manufacturer);
  if (info.model === '') return;
  if (!claims.byFact(source, 'vendor', `${info.form}.model=${info.model}`))
    claims.claimModel(source, info.model);
}
